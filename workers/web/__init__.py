"""Knowledge of the web that is not of news: URLs, robots.txt, dates of HTTP."""
