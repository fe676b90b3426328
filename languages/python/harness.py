"""Keeps a Python interpreter waiting in its sandbox until there is a program, and gives it that.

The interpreter is started as `python3 /work/main.py`, before there is a /work/main.py, with this file in
the place of sitecustomize, which `site` imports when everything but the program is ready. Here it waits.
When the import is over, the interpreter itself goes on to open and run the program. So the program has no
frame of ours beneath it, and tracebacks, __main__, exit codes, atexit and the rest are the
interpreter's own doing.

serve_one: process 1 is a shell that waits for the interpreter. No fork: after one, nearly every page of
the interpreter would be copied while the program runs.

serve_many: process 1 is this interpreter, and every run is a fork of it. Signals from inside cannot end
process 1, and it reaps what a program leaves behind. It reads the token after the fork and holds the program
back until then: the program can neither find it in its memory nor in the pipe, and /proc/1/mem is masked.

Both read eight hexadecimal digits and that many bytes of fields (netstrings). serve_many then reads a token
of 32 bytes and, when the run has ended, writes on stdout the token, how the run ended and the largest
resident set, and on stderr the token.
"""



def serve(many):
    import os
    import posix
    import sys
    from _signal import SIG_DFL, default_int_handler, signal

    here = "/rce"
    ready = b"\x01rce-ready\n"
    folders = ("/work", "/tmp", here)

    def read(size):
        parts = []
        while size > 0:
            part = posix.read(0, min(size, 1 << 20))
            if not part:
                # The runner has gone, and nobody waits for a result.
                posix._exit(0)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def write(fd, data):
        while data:
            data = data[posix.write(fd, data):]

    def fields(data):
        found, at = [], 0
        while at < len(data):
            colon = data.index(b":", at)
            end = colon + 1 + int(data[at:colon])
            found.append(data[colon + 1:end])
            at = end + 1
        return found

    def take(items):
        return [items.pop(0) for _ in range(int(items.pop(0)))]

    def lay_out(files):
        for path, content in files:
            at = path.find(b"/")
            while at >= 0:
                try:
                    posix.mkdir(b"/work/" + path[:at])
                except FileExistsError:
                    pass
                at = path.find(b"/", at + 1)
            fd = posix.open(b"/work/" + path, posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL, 0o644)
            write(fd, content)
            posix.close(fd)

    def empty(path):
        """Removes all in a folder without following a link; nobody else is alive to play tricks."""
        stack = [posix.open(path, posix.O_RDONLY | posix.O_DIRECTORY)]
        names = [None]
        while stack:
            top = stack[-1]
            for entry in posix.scandir(top):
                if entry.is_dir(follow_symlinks=False):
                    posix.chmod(entry.name, 0o700, dir_fd=top)
                    flags = posix.O_RDONLY | posix.O_DIRECTORY | posix.O_NOFOLLOW
                    stack.append(posix.open(entry.name, flags, dir_fd=top))
                    names.append(entry.name)
                    break
                posix.unlink(entry.name, dir_fd=top)
            else:
                posix.close(stack.pop())
                name = names.pop()
                if name is not None:
                    posix.rmdir(name, dir_fd=stack[-1])

    def sockets_left():
        """Closed TCP connections linger in the kernel (`tw`), where a later run could see them."""
        for name in ("sockstat", "sockstat6"):
            try:
                fd = posix.open("/proc/self/net/" + name, posix.O_RDONLY)
            except FileNotFoundError:
                # A runtime with a network stack of its own, or a kernel without IPv6.
                continue
            lines = posix.read(fd, 4096).split(b"\n")
            posix.close(fd)
            for line in lines:
                words = line.split()
                for name, count in zip(words[1::2], words[2::2]):
                    # `sockets: used` counts local sockets too, and those of dying processes for a moment.
                    if name in (b"inuse", b"tw") and count != b"0":
                        return True
        return False

    def streams():
        """What a program can change of the pipes: it owns them, and the next one gets them as well."""

        def size(fd):
            try:
                # F_GETPIPE_SZ, which Python knows by name since 3.10.
                return fcntl(fd, 1032)
            except OSError:
                # gVisor's kernel tells no size of a pipe of the host's, and lets nobody change it.
                return None

        return [(posix.fstat(fd).st_mode, size(fd)) for fd in (0, 1, 2)]

    def drain():
        """What the program may have written into our end of stdin; the runner is silent until `ready`."""
        posix.set_blocking(0, False)
        try:
            while posix.read(0, 65536):
                pass
            posix._exit(0)
        except BlockingIOError:
            posix.set_blocking(0, True)

    def end_all(child):
        """Waits for the program, then ends and reaps all that it left."""
        _, status, usage = posix.wait4(child, 0)
        largest = usage.ru_maxrss
        try:
            posix.kill(-1, 9)
        except ProcessLookupError:
            pass
        while True:
            try:
                largest = max(largest, posix.wait4(-1, 0)[2].ru_maxrss)
            except ChildProcessError:
                return status, largest

    def feed(data):
        """A pipe that holds the program's input; a process of its own writes what the pipe can't hold."""
        source, sink = posix.pipe()
        posix.set_blocking(sink, False)
        try:
            data = data[posix.write(sink, data):] if data else data
        except BlockingIOError:
            pass
        if data and posix.fork() == 0:
            try:
                posix.close(0)
                posix.close(source)
                posix.set_blocking(sink, True)
                signal(13, SIG_DFL)
                write(sink, data)
            finally:
                posix._exit(0)
        posix.close(sink)
        return source

    def detach(gate):
        """Parts a fork from process 1."""
        posix.read(gate, 1)
        posix.close(gate)
        posix.setsid()
        # Descriptors of its own for the pipes: their flags (O_NONBLOCK) must not be shared with later runs.
        for fd in (1, 2):
            own = posix.open("/proc/self/fd/%d" % fd, posix.O_WRONLY)
            posix.dup2(own, fd)
            posix.close(own)
        signal(2, default_int_handler)

    def become(source, entry, args, env):
        """Makes this process the program's."""
        posix.dup2(source, 0)
        posix.close(source)
        try:
            # Of all processes in the container the kernel should choose this one when memory runs out.
            fd = posix.open("/proc/self/oom_score_adj", posix.O_WRONLY)
            posix.write(fd, b"1000")
            posix.close(fd)
        except OSError:
            pass
        for at in range(0, len(env), 2):
            os.environb[env[at]] = env[at + 1]
        posix.chdir("/work")
        sys.argv += [os.fsdecode(arg) for arg in args]
        if hasattr(sys, "orig_argv"):
            sys.orig_argv += [os.fsdecode(arg) for arg in args]
        main = os.fsdecode(b"/work/" + entry)
        if main != sys.argv[0]:
            # The waiting interpreter was told of another file: this one needs another interpreter.
            posix.execve(sys.executable, ["python3", main, *args], os.environb)

    # The program must not find how it was started.
    del os.environ["PYTHONPATH"]
    sys.path[:] = [path for path in sys.path if path != here]
    sys.path_importer_cache.pop(here, None)
    empty(here)
    # The image's own sitecustomize, which ours hides.
    del sys.modules["sitecustomize"]
    try:
        import sitecustomize
    except ImportError:
        pass

    def receive():
        """Waits for a program, and lays it out."""
        write(1, ready)
        message = fields(read(int(read(8), 16)))
        entry = message.pop(0)
        args, env, files = take(message), take(message), take(message)
        lay_out(zip(files[::2], files[1::2]))
        return feed(message.pop(0)), entry, args, env

    # What the interpreter would do for the first time when the program is there already: list the folders
    # where it looks for modules, and call its compiler.
    import gc
    from _frozen_importlib_external import PathFinder

    PathFinder.find_spec("usercustomize")
    compile("def f(x):\n    print(x)\n\n\nf(1)\n", "main.py", "exec")
    # The objects that are there now live as long as the interpreter. Without this it would look through
    # them all, and so write to their pages, when the program ends: half of the time of a short program.
    # (What a program can see of it: gc.get_freeze_count(), and that a cycle with a destructor which it hangs on
    # a module of the standard library, such as os, is not ended at exit.)
    gc.collect()
    gc.freeze()
    del sys.modules["gc"]
    # All but __main__, whose cycles do end with the program: it gets a new module with the same names.
    main = type(sys)("__main__")
    names = dict(sys.modules["__main__"].__dict__)
    main.__dict__.clear()
    main.__dict__.update(names)
    sys.modules["__main__"] = main
    del main, names

    if not many:
        # A shell has what it starts in its background ignore them.
        signal(2, default_int_handler)
        signal(3, SIG_DFL)
        return become(*receive())

    from fcntl import fcntl

    del sys.modules["fcntl"]
    untouched = streams()
    # A handler would make process 1 mortal: the kernel drops signals that have none.
    signal(2, SIG_DFL)
    while True:
        program = receive()
        gate, opener = posix.pipe()
        child = posix.fork()
        if child == 0:
            posix.close(opener)
            detach(gate)
            return become(*program)
        posix.close(program[0])
        posix.close(gate)
        token = read(32)
        posix.close(opener)
        status, largest = end_all(child)
        drain()
        how = b"S%d" % (status & 0x7F) if status & 0x7F else b"E%d" % (status >> 8)
        write(1, token + how + b" %d\n" % (largest * 1024))
        write(2, token + b"\n")
        try:
            for path in folders:
                empty(path)
            clean = streams() == untouched and not sockets_left()
        except BaseException:
            clean = False
        if not clean:
            # Not provably as it was before: better no container than one with a past.
            posix._exit(0)


def leave():
    """Without a sitecustomize of the image's own, `site` is to forget ours."""
    import sys

    if "sitecustomize" not in sys.modules:
        raise ImportError(name="sitecustomize")
