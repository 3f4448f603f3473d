// Bare Node: what no program written for it can go below.
process.stdout.write('online\n')
setInterval(() => undefined, 2 ** 31 - 1)
