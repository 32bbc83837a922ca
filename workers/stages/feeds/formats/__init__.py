"""The formats of feeds: RSS and Atom, JSON Feed, news sitemaps, and damaged ones.

Each module reads one into a `ParsedFeed`, or says that it is none; `parsing` chooses.
"""
