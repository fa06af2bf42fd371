"""A small ext4 file system of its own on a loop device, and the power cut that ext4 itself offers.

The ioctl EXT4_IOC_SHUTDOWN with NOLOGFLUSH stops the file system at once: nothing more reaches the device,
not even the journal. Mounting it again replays what the journal holds, as after a cut.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

_SHUTDOWN = 0x8004587D
"""_IOR('X', 125, __u32)"""
_NO_LOG_FLUSH = 2


class Disk:
    """The file system in the image `image`, mounted at `place`."""

    def __init__(self, image: Path, place: Path) -> None:
        self.image = image
        self.place = place

    def mount(self) -> None:
        subprocess.run(["mount", "-o", "loop", str(self.image), str(self.place)], check=True)

    def unmount(self) -> None:
        """A process that was just killed may hold it a moment longer."""
        for _ in range(50):
            if subprocess.run(["umount", str(self.place)], check=False, stderr=subprocess.DEVNULL).returncode:
                time.sleep(0.02)
            else:
                return
        subprocess.run(["umount", "-l", str(self.place)], check=True)

    def cut(self) -> None:
        handle = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(handle)

    def flush(self) -> None:
        """What is there now has been there for long."""
        os.sync()


def reason_against() -> str:
    """Why no such file system can be had here; empty when it can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root mounts an image"
    if shutil.which("mkfs.ext4") is None or shutil.which("losetup") is None:
        return "mkfs.ext4 or losetup is missing"
    free = subprocess.run(["losetup", "-f"], check=False, capture_output=True)
    return "" if free.returncode == 0 else "no loop device"


@contextlib.contextmanager
def disk(folder: Path, megabytes: int = 96) -> Iterator[Disk]:
    """A fresh one below `folder`, gone at the end."""
    image, place = folder / "image", folder / "mounted"
    place.mkdir(parents=True)
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    made = Disk(image, place)
    made.mount()
    try:
        yield made
    finally:
        made.unmount()
        image.unlink()
