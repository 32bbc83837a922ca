"""A console on which text from outside is text and nothing else."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from workers.domain import printable


class SafeConsole(Console):
    """Strips what would command the terminal, whatever is printed.

    The controls that remain are the console's own: styles and the cursor. Brackets
    and colons in a title are no markup either.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the segments of *renderable*, made safe."""
        return map(_safe, super().render(renderable, options))


def _safe(segment: Segment) -> Segment:
    if segment.control:
        return segment
    text, style = printable.stripped(segment.text), segment.style
    if style and style.link and printable.one_line(style.link) != style.link:
        style = style.update_link(None)
    return Segment(text, style)
