"""The image and its locks, as far as their text tells: a build takes minutes, and these mistakes are cheap to see."""

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.loading import KEYS
from bot.settings import Health

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = ("bot", "cogs", "sandbox")
PYTHONS = ("3.11", "3.12", "3.13")
IMAGE_LOCKS = ("image/bot.lock", "image/demo.lock", "image/build.lock")
LOCKS = ("requirements.lock", *IMAGE_LOCKS)


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def pins(name: str) -> dict[str, tuple[Requirement, frozenset[str]]]:
    """What a lock file holds: by package, the version asked for, and the hashes it may have."""
    found: dict[str, tuple[Requirement, frozenset[str]]] = {}
    for entry in re.split(r"\n(?=\w)", text(name)):
        requirement = Requirement(entry.partition(" \\\n")[0])
        found[canonicalize_name(requirement.name)] = (requirement, frozenset(re.findall(r"sha256:(\w{64})", entry)))
    return found


def asked(*extras: str) -> list[Requirement]:
    """What pyproject.toml asks for at run time, and with these extras."""
    lists = [PROJECT["project"]["dependencies"]]
    lists += [PROJECT["project"]["optional-dependencies"][extra] for extra in extras]
    return [Requirement(each) for one in lists for each in one]


def applies(requirement: Requirement, python: str, extra: str = "") -> bool:
    environment = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    return requirement.marker is None or requirement.marker.evaluate({**environment, "extra": extra})


def instructions(word: str) -> list[str]:
    """The Dockerfile's instructions of this kind, without the word and with their lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^\s*#.*\n", "", text("Dockerfile")))
    return [line.removeprefix(word).strip() for line in joined.splitlines() if line.startswith(f"{word} ")]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_version_and_hash_and_comes_from_no_named_index(lock: str) -> None:
    for requirement, hashes in pins(lock).values():
        assert [each.operator for each in requirement.specifier] == ["=="]
        assert hashes
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", text(lock))


@pytest.mark.parametrize("lock", IMAGE_LOCKS)
def test_the_image_has_the_packages_that_the_tests_ran_with(lock: str) -> None:
    everything = pins("requirements.lock")
    assert {name: everything.get(name) for name in pins(lock)} == pins(lock)


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ("demo", "dev")), ("image/demo.lock", ("demo",)), ("image/bot.lock", ())]
)
def test_a_lock_answers_all_that_pyproject_asks_for(lock: str, extras: tuple[str, ...]) -> None:
    locked = pins(lock)
    for wanted in asked(*extras):
        (version,) = locked[canonicalize_name(wanted.name)][0].specifier
        assert wanted.specifier.contains(version.version), wanted


def test_the_build_of_the_package_is_locked_too() -> None:
    for wanted in map(Requirement, PROJECT["build-system"]["requires"]):
        (version,) = pins("image/build.lock")[canonicalize_name(wanted.name)][0].specifier
        assert wanted.specifier.contains(version.version), wanted


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_its_packages_need_on_each_python(lock: str, python: str) -> None:
    """discord.py needs one package more from 3.13 on: a lock made for 3.11 alone cannot be installed there."""
    locked = pins(lock)
    here = {name for name, (requirement, _) in locked.items() if applies(requirement, python)}
    missing = {
        f"{name} needs {need}"
        for name in here
        for need in needs(name)
        if applies(need, python) and canonicalize_name(need.name) not in here
    }
    assert not missing


def needs(package: str) -> Iterator[Requirement]:
    """What the installed package says it needs. One that is for another Python than this is not installed here."""
    try:
        yield from map(Requirement, requires(package) or ())
    except PackageNotFoundError:
        return


def test_nothing_to_develop_with_is_in_the_image() -> None:
    tools = {canonicalize_name(each.name) for each in asked("dev")} - {canonicalize_name(each.name) for each in asked()}
    assert not tools & (pins("image/demo.lock").keys() | pins("image/bot.lock").keys())


def test_the_bot_alone_brings_no_package_of_the_sandbox() -> None:
    alone = pins("image/bot.lock").keys()
    assert alone < pins("image/demo.lock").keys()
    assert "simcord" not in alone  # Pillow comes with the reports' charts, PyAV with films that are cut to fit


def test_the_builder_is_given_only_what_the_dockerfile_copies() -> None:
    rules = [line for line in text(".dockerignore").splitlines() if line and not line.startswith("#")]
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert rules[0] == "*", "all is kept out, then some let in: a list of what to keep out is never whole"
    assert let_in == {"LICENSE", "README.md", "pyproject.toml", "image/*.lock", *PACKAGES}


def test_the_dockerfile_copies_nothing_that_is_kept_out() -> None:
    rules = text(".dockerignore").splitlines()
    (lock,) = [each for each in instructions("ARG") if each.startswith("LOCK=")]
    sources = [
        source.replace("${LOCK}", lock.removeprefix("LOCK="))
        for each in instructions("COPY")
        if not each.startswith("--from=")
        for source in each.split()[:-1]
    ]
    assert not instructions("ADD")
    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert any(fnmatch(source, rule.removeprefix("!")) for rule in rules if rule.startswith("!")), source


def test_files_that_are_no_modules_are_part_of_the_package() -> None:
    """What package-data does not name is missing in the image, and only there."""
    named = PROJECT["tool"]["setuptools"]["package-data"]
    for package in PACKAGES:
        files = (path.relative_to(ROOT / package) for path in (ROOT / package).rglob("*") if path.is_file())
        left_out = [
            str(path)
            for path in files
            if path.suffix not in {".py", ".pyc"} and not any(path.match(each) for each in named.get(package, ()))
        ]
        assert not left_out, package


def test_the_image_is_not_root_and_starts_the_bot_without_a_shell() -> None:
    """A shell as the first process would keep SIGTERM from the bot; a number shows an orchestrator who it is."""
    assert instructions("USER") == ["10001:10001"]
    assert instructions("ENTRYPOINT") == ['["dreamreel"]']
    assert instructions("CMD") == ['["run"]']
    assert instructions("STOPSIGNAL") == ["SIGTERM"]


def test_the_image_makes_no_setting_that_would_win_over_the_operator() -> None:
    assert "DREAMREEL_" not in "".join(instructions("ENV") + instructions("ARG"))


def test_the_health_of_the_container_is_asked_where_the_bot_answers() -> None:
    (check,) = instructions("HEALTHCHECK")
    assert f"'{Health().host}', {Health().port}" in check
    assert "/livez" in check


def test_compose_names_its_secrets_as_the_settings_are_named() -> None:
    files = dict(re.findall(r"(?m)^  (\w+):\n    file: \./secrets/(\w+)$", text("compose.yaml")))
    mounted = re.findall(r"(?m)^      - (\w+__\w+)$", text("compose.yaml"))
    assert list(files) == list(files.values()) == mounted == ["discord__token", "relay__api_key"]
    assert {name.replace("__", ".", 1) for name in files} <= set(KEYS)
    assert "/secrets/" in text(".gitignore").splitlines()


@pytest.mark.parametrize(
    "line", ["read_only: true", "- /tmp:size=64m", "- ALL", "- no-new-privileges:true", "- data:/data", "init: true"]
)
def test_compose_leaves_the_bot_no_more_than_it_needs(line: str) -> None:
    assert re.search(rf"(?m)^ +{re.escape(line)}(?: #.*)?$", text("compose.yaml"))
