"""What a page says about its article.

`page_metadata` collects the statements of the markup as they are; `article_metadata`
chooses one for each field, with a module for each field that takes more than a look:
titles, dates, authors, sections, images. The text of the story is not read here.
"""
