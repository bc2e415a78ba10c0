"""What was asked of the local Discord."""

from dataclasses import dataclass, field
from typing import Any

from tests.wire.local_discord.uploads import Upload


@dataclass
class Seen:
    """One request: what was asked, by whom and when (on the loop's clock), with which JSON and files (by name).

    `status` is the answer's, 0 while there is none or where it was lost on the way; `done` says whether what it asked
    for was done. Where little is to be kept, `json` is None and `files` is empty.
    """

    method: str
    path: str
    by_bot: bool
    at_s: float
    json: Any = None
    uploads: dict[str, Upload] = field(default_factory=dict)
    status: int = 0
    done: bool = False

    @property
    def files(self) -> dict[str, bytes]:
        """The files whose bytes are kept."""
        return {name: upload.data for name, upload in self.uploads.items() if upload.data is not None}
