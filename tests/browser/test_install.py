"""The set-up of Chromium on machines that lack it; apt-get and sudo are stand-ins that note what they get."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

INSTALL = Path(__file__).with_name("install.sh")
TOOLS = ("bash", "env", "grep", "id", "mktemp", "rm", "tail", "touch", "chmod", "cat")
WORKS = 'case "$*" in *install*) touch "$HERE/chromium"; chmod +x "$HERE/chromium" ;; esac'
NEEDS_LISTS = f'case "$*" in *update*) touch "$HERE/lists" ;; esac; [ -e "$HERE/lists" ] || exit 100; {WORKS}'
BROKEN = 'echo "E: The mirror is away" >&2; exit 100'


class Machine:
    """One on whose path is what a bare machine has, and what `program` adds."""

    def __init__(self, folder: Path, user: int) -> None:
        self.folder = folder
        for tool in TOOLS:
            (folder / tool).symlink_to(shutil.which(tool) or tool)
        self.program("id", f"echo {user}")

    def program(self, name: str, text: str) -> None:
        (self.folder / name).unlink(missing_ok=True)
        (self.folder / name).write_text(f'#!/bin/bash\necho "{name} $*" >> "$HERE/said"\n{text}\n')
        (self.folder / name).chmod(0o755)

    def install(self, **environ: str) -> subprocess.CompletedProcess[str]:
        found = {"PATH": str(self.folder), "HERE": str(self.folder), "TMPDIR": str(self.folder)}
        return subprocess.run(
            [INSTALL], env=found | environ, capture_output=True, text=True, check=False, timeout=60
        )

    def said(self, name: str) -> list[str]:
        lines = (self.folder / "said").read_text().splitlines()
        return [line for line in lines if line.startswith(f"{name} ")]


@pytest.fixture
def root(tmp_path: Path) -> Machine:
    return Machine(tmp_path, user=0)


@pytest.fixture
def nobody(tmp_path: Path) -> Machine:
    return Machine(tmp_path, user=1000)


def test_does_nothing_where_there_is_one(root: Machine) -> None:
    root.program("chromium", "")
    root.program("apt-get", BROKEN)
    done = root.install()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_installs_it_as_root(root: Machine) -> None:
    root.program("apt-get", WORKS)
    assert root.install().returncode == 0
    [line] = root.said("apt-get")
    assert line.endswith(" install --yes --no-install-recommends chromium fonts-dejavu-core")


def test_brings_the_lists_up_to_date_when_they_are_in_the_way(root: Machine) -> None:
    root.program("apt-get", NEEDS_LISTS)
    assert root.install().returncode == 0
    assert [line.split()[8] for line in root.said("apt-get")] == ["install", "update", "install"]


def test_installs_it_by_sudo_where_that_asks_nothing(nobody: Machine) -> None:
    nobody.program("apt-get", WORKS)
    nobody.program("sudo", '[ "$1" = -n ] && shift && "$@"')
    assert nobody.install().returncode == 0
    assert len(nobody.said("sudo")) == 2
    assert len(nobody.said("apt-get")) == 1


@pytest.mark.parametrize(
    ("programs", "says"),
    [
        ({}, "this machine has neither it nor apt-get"),
        ({"apt-get": BROKEN}, "apt-get could not install it (E: The mirror is away)"),
        ({"apt-get": ""}, "the package chromium of this system does not bring it"),
    ],
)
def test_says_what_to_install_where_it_cannot(root: Machine, programs: dict[str, str], says: str) -> None:
    for name, text in programs.items():
        root.program(name, text)
    _refused(root.install(), says)


def test_says_what_to_install_where_it_may_not(nobody: Machine) -> None:
    nobody.program("apt-get", WORKS)
    _refused(nobody.install(), "only root can install it here")
    nobody.program("sudo", "exit 1")
    _refused(nobody.install(), "only root can install it here")


def test_does_not_replace_one_that_was_named(root: Machine) -> None:
    root.program("apt-get", WORKS)
    _refused(root.install(CHROMIUM=str(root.folder / "elsewhere")), "CHROMIUM names one that is not there")


def _refused(done: subprocess.CompletedProcess[str], says: str) -> None:
    assert done.returncode == 1
    assert done.stderr == (
        f"The tests open pages in Chromium, but {says}: "
        "install the packages chromium fonts-dejavu-core, or name a Chromium in CHROMIUM.\n"
    )
