"""Khabar: Hindi news in, typed and trustworthy records out."""

from importlib.metadata import version

__version__ = version("khabar")
