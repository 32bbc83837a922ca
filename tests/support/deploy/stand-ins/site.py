"""The recorded news site on a container's own network, under the name `site`."""

import threading
from pathlib import Path

from workers.devkit import news_site

PORT = 8000


class OpenSite(news_site.Site):
    """Listens on every address, and names itself as the other containers do."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._server.server_close()
        self._server = news_site._Server(("0.0.0.0", PORT), self._answer)  # noqa: S104
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def base(self) -> str:
        return f"http://site:{PORT}"


if __name__ == "__main__":
    with OpenSite(Path("/seeds/site")):
        threading.Event().wait()
