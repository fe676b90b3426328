import sys, prepare

for path in ('/gate', '/gate/main.py'):
    del sys.path_importer_cache[path]
del sys.modules['prepare'], sys.path[0], path, prepare, sys
