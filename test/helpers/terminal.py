# Runs a command in a terminal of its own: what comes on stdin is typed, what it shows goes to stdout.
# The end of stdin closes the terminal, as closing its window does. Ends with the command's code, 128 + n for a signal.

import fcntl, os, pty, select, struct, sys, termios

pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])

fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
while True:
    readable, _, _ = select.select([0, master], [], [])
    if master in readable:
        try:
            shown = os.read(master, 65536)
        except OSError:
            shown = b""
        if not shown:
            break
        os.write(1, shown)
    if 0 in readable:
        typed = os.read(0, 65536)
        if not typed:
            break
        os.write(master, typed)
os.close(master)
status = os.waitpid(pid, 0)[1]
os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
