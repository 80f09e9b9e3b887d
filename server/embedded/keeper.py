"""Turns itself into a server that dies with the process that asked for it.

Run as a file: ``keeper.py PARENT UID GID SIGNAL DIRECTORY PROGRAM ARGUMENT...``. A program of its own,
because between fork and exec of a process with threads Python code may hang.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
HERE = "@directory"  # an argument that stands for the directory's path


def become(directory: str, command: list[str], *, parent: int, uid: int, gid: int, death: int) -> None:
    # Entered and opened while still root: the path to it may be closed to the server's user. On Linux an open
    # directory is a path of its own, for us and all our children, wherever they go. (The working directory is
    # not: up to version 15 Postgres leaves it to look for its own program, and cannot come back.)
    os.chdir(directory)
    path = directory
    if sys.platform == "linux":
        opened = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        os.set_inheritable(opened, True)  # noqa: FBT003 - it takes no names
        path = f"/proc/self/fd/{opened}"
    os.umask(0o077)
    if os.getuid() != uid:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)

    # After the change of user, which clears it. It is sent when the *thread* that started us ends, so servers
    # are started from the thread that runs the event loop for as long as the process lives.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
    os.execv(command[0], [path if word == HERE else word for word in command])  # noqa: S606 - the whole point


if __name__ == "__main__":
    _, parent, uid, gid, death, directory, *command = sys.argv
    become(directory, command, parent=int(parent), uid=int(uid), gid=int(gid), death=int(death))
