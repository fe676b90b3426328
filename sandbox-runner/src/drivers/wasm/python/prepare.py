"""
Runs once, in the interpreter of which every program gets a copy. It leaves behind a standard library that
is already loaded but not yet imported, and a hook that takes over the program's environment; of itself it
leaves nothing that a program could trip over.
"""

import atexit
import gc
import os
import sys
import time

# What programs import most.
LIBRARY = """
    abc argparse array ast asyncio base64 bisect calendar cmath collections collections.abc contextlib copy copyreg csv
    dataclasses datetime decimal enum fractions functools hashlib heapq html inspect io itertools json keyword
    locale logging math numbers operator os.path pprint queue random re reprlib secrets statistics string struct tempfile textwrap
    threading traceback types typing unicodedata uuid warnings weakref
"""


def load_library():
    """Loads the library, and hides it behind the finder of its path."""
    plain = dict(sys.modules)
    for name in LIBRARY.split():
        __import__(name)
    loaded = {name: module for name, module in sys.modules.items() if name not in plain}
    sys.modules.clear()
    sys.modules.update(plain)

    archive = next(path for path in sys.path if path.endswith('.zip'))
    finder = sys.path_importer_cache[archive]

    class Loader:
        def __init__(self, module):
            self.module = module

        def create_module(self, spec):
            return self.module

        def exec_module(self, module):
            name = module.__name__
            module.__spec__.loader = module.__loader__
            for other in loaded:
                if other.startswith(name + '.'):
                    sys.modules.setdefault(other, loaded[other])
            if name == 'random':
                # All copies of this interpreter would draw the same numbers.
                module.seed()

    class Finder:
        """The library's own finder, except that what is loaded is not loaded again."""

        def find_spec(self, name, target=None):
            spec = finder.find_spec(name, target)
            if spec is not None and name in loaded:
                spec.loader = Loader(loaded[name])
            return spec

        def __getattr__(self, name):
            return getattr(finder, name)

        def __repr__(self):
            return repr(finder)

    sys.path_importer_cache[archive] = Finder()
    patch_asyncio(loaded['asyncio'])
    return loaded


def patch_asyncio(asyncio):
    """An event loop that waits for nothing but time: the usual one needs a pair of sockets."""

    class Clock:
        def select(self, timeout):
            # Without any timer nothing can happen any more; the time limit ends the program.
            if timeout is None or timeout > 0:
                sleep(86_400 if timeout is None else timeout)
            return []

        def close(self):
            pass

    class EventLoop(asyncio.BaseEventLoop):
        def __init__(self):
            super().__init__()
            self._selector = Clock()

        def _process_events(self, events):
            pass

        def _write_to_self(self):
            pass

    asyncio.DefaultEventLoopPolicy._loop_factory = EventLoop


def take_environment(path):
    """A path hook: the interpreter asks it about the program's file before it runs it."""
    # Another list, since the interpreter is walking through this one, which has to stay alive for that.
    sys.path_hooks = plain_hooks
    with open('/gate/environ', 'rb', 0) as file:
        words = file.readall().decode('utf-8', 'surrogateescape').split('\0')
    for name, value in zip(words[::2], words[1::2]):
        os.environ[name] = value
    raise ImportError(path)


def sleep(seconds, /):
    """Waits, by a device of the host's: the call that the interpreter was built with is refused."""
    seconds = float(seconds)
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    with open('/dev/sleep', 'wb', 0) as device:
        device.write(str(seconds).encode())


time.sleep = sleep
# As everywhere else; built for WASI the default is 600.
sys.setrecursionlimit(1000)
library = load_library()
# In a cycle that the collector does not look at: taking the library apart would cost each program 40 ms at
# its end.
library['library'] = library
gc.freeze()
os.environ.clear()
os.chdir('/work')
plain_hooks = sys.path_hooks
hooks = [take_environment, *plain_hooks]
sys.path_hooks = hooks
for name in ('atexit', 'gc'):
    del sys.modules[name]
# The host takes the copy when this handler, which has no frame of its own, asks for the time.
atexit.register(time.time)
with open('/gate/ready', 'rb', 0) as ready:
    ready.read()
