"""The films of one server: drawn when first asked for, once each, off the event loop, and gone when it closes."""

import asyncio
import hashlib
import hmac
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

from sandbox.film import FilmSpec, render

CANNED_KEY = "canned"
CANNED = FilmSpec("A film for those who only count", seconds=1, width=160, height=90)
# Drawing holds a core; more threads than this would only take the bot's.
DRAWING_THREADS = 2


class VideoShelf:
    """Keeps each film under a key of its own in a temporary folder."""

    def __init__(self, *, drawn: bool) -> None:
        """Without `drawn`, each film is one and the same small file, made at the start."""
        self._drawn = drawn
        self._films: dict[str, asyncio.Task[Path]] = {}
        self._workers = ThreadPoolExecutor(DRAWING_THREADS, thread_name_prefix="film")
        self._closing = threading.Event()
        self._folder: Path | None = None

    async def start(self) -> None:
        self._folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="dreamreel-sandbox-"))
        if not self._drawn:
            await self._film(CANNED_KEY, CANNED)

    async def close(self) -> None:
        self._closing.set()
        await asyncio.to_thread(self._workers.shutdown, cancel_futures=True)
        await asyncio.gather(*self._films.values(), return_exceptions=True)
        if self._folder is not None:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def film(self, key: str, spec: FilmSpec) -> Path:
        """Return the file, and draw it first where nobody has asked before."""
        return await (self._film(key, spec) if self._drawn else self._film(CANNED_KEY, CANNED))

    async def _film(self, key: str, spec: FilmSpec) -> Path:
        assert self._folder is not None  # noqa: S101 - the server has been started
        if key not in self._films:
            path = self._folder / f"{len(self._films)}.mp4"
            self._films[key] = asyncio.create_task(self._draw(path, spec), name=f"film {key}")
        # One that leaves in the middle must not take the film from the others who wait for it.
        return await asyncio.shield(self._films[key])

    async def _draw(self, path: Path, spec: FilmSpec) -> Path:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._workers, lambda: render(spec, path, stopped=self._closing.is_set))
        return path


class Links:
    """Makes the URLs of the films; with a lifetime they are signed, and end."""

    def __init__(self, lifetime_s: float | None, clock: Callable[[], float]) -> None:
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._secret = secrets.token_bytes(16)

    def urls(self, origin: str, task_id: str) -> tuple[str, str]:
        """Return `url`, which a real relay marks with its name, and `download_url`, which it leaves clean."""
        query = self._query(task_id)
        path = f"{origin}/videos/{quote(task_id, safe='')}.mp4"
        return f"{path}?{'&'.join(['watermark=1', *query])}", f"{path}?{'&'.join(query)}".rstrip("?")

    def holds(self, task_id: str, expires: str, signature: str) -> bool:
        """Tell whether a link with these two parts of its query may be served now."""
        if self._lifetime_s is None:
            return True
        genuine = hmac.compare_digest(self._sign(task_id, expires).encode(), signature.encode())
        return genuine and self._clock() <= float(expires)

    def _query(self, task_id: str) -> list[str]:
        if self._lifetime_s is None:
            return []
        expires = f"{self._clock() + self._lifetime_s:.3f}"
        return [f"expires={expires}", f"signature={self._sign(task_id, expires)}"]

    def _sign(self, task_id: str, expires: str) -> str:
        return hmac.new(self._secret, f"{task_id}|{expires}".encode(), hashlib.sha256).hexdigest()
