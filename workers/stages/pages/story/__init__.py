"""Where on a page the story is, and what of it is kept.

`finder` is the way in: the page becomes `blocks`; `repeated_blocks`, `class_names` and
`boilerplate` say which are no story, `article_bounds` where another article begins, and
`cleaning` takes off what is left at the two ends. `alternatives` asks JSON-LD,
trafilatura and the page's scripts where the markup has no story.
"""
