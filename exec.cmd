@rem In a POSIX shell npm scripts begin with exec, so that a signal npm passes on reaches the launcher, not a shell.
@%*
