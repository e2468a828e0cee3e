/**
 * Whoever started us may be gone before we are: a closed terminal, a dead parent. Writing to it then fails with EPIPE,
 * later and as an event; unheard, that would be an uncaught error, which is logged to the terminal, which fails again,
 * without end. Words nobody can read are no reason for anything.
 */
export function outliveTerminal(): void {
  for (const stream of [process.stdout, process.stderr])
    if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);
}

function ignore(): void {}
