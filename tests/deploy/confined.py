"""Runs a command under what a unit file says of system calls and memory, as systemd would: UNIT
COMMAND…

Linux only, over libseccomp, which systemd itself uses. It prints nothing of its own.
"""

import ctypes
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

ALLOW = 0x7FFF0000
ERRNO_EPERM = 0x00050000 | 1
PR_SET_NO_NEW_PRIVS = 38
MASKED_EQUAL = 7
WRITE, EXECUTE, SHARED_EXECUTE = 2, 4, 0o100000
WITHOUT_EXECUTION = {
    "mmap": [(2, WRITE | EXECUTE, value) for value in (0, WRITE, EXECUTE)],
    "mprotect": [(2, EXECUTE, 0)],
    "pkey_mprotect": [(2, EXECUTE, 0)],
    "shmat": [(2, SHARED_EXECUTE, 0)],
}
"""What MemoryDenyWriteExecute= leaves of a system call: the argument, the bits looked at, what they
must be."""


class Comparison(ctypes.Structure):
    """libseccomp's struct scmp_arg_cmp."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def expanded(name: str) -> set[str]:
    """The system calls of a name or of a @set."""
    if not name.startswith("@"):
        return {name}
    said = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True
    ).stdout
    parts = [
        line.strip()
        for line in said.splitlines()[1:]
        if line.strip() and not line.strip().startswith("#")
    ]
    return {call for part in parts for call in expanded(part)}


def allowed(unit: str) -> set[str]:
    """What the lines SystemCallFilter= leave."""
    found: set[str] = set()
    for line in re.findall(r"^SystemCallFilter=(.+)$", unit, re.MULTILINE):
        calls = {call for name in line.removeprefix("~").split() for call in expanded(name)}
        found = found - calls if line.startswith("~") else found | calls
    return found


def confine(unit: str) -> None:
    """Confine this process, and what it starts, for good."""
    conditions = dict(WITHOUT_EXECUTION if "MemoryDenyWriteExecute=yes" in unit else {})
    for families in re.findall(r"^RestrictAddressFamilies=(.+)$", unit, re.MULTILINE):
        numbers = [getattr(socket, family) for family in families.split()]
        conditions["socket"] = [(0, 0xFFFFFFFF, number) for number in numbers]
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ERRNO_EPERM))
    for call in sorted(allowed(unit)):
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number < 0:  # of another architecture
            continue
        for condition in conditions.get(call, [()]):
            found = [
                Comparison(arg, MASKED_EQUAL, bits, value)
                for arg, bits, value in filter(None, [condition])
            ]
            array = (Comparison * len(found))(*found)
            if seccomp.seccomp_rule_add_array(context, ALLOW, number, len(found), array):
                raise OSError(f"seccomp_rule_add_array: {call}")
    if ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or seccomp.seccomp_load(context):
        raise OSError("seccomp_load")


if __name__ == "__main__":
    confine(Path(sys.argv[1]).read_text(encoding="utf-8"))
    os.execv(sys.argv[2], sys.argv[2:])
