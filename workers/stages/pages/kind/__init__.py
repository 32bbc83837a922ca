"""What kind of page it is: an article, or a list, a wall, an apology.

`wording` has the patterns, `judge` weighs them with the page's structure. Whether an
article is in Hindi, and how much of it is free, is judged elsewhere.
"""
