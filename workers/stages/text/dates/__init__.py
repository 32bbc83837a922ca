"""Dates of articles: those that publishers state, and those that a reader sees.

`reading` turns what a feed or page states into UTC and keeps the rule that did so,
`visible` finds dates in the text of a page. What an expression inside an article means,
`last Friday`, is a matter of the event that it dates: `events/dates.py`.
"""
