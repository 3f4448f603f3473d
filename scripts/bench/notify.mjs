import { chmodSync } from 'node:fs'

import { start, within } from './processes.mjs'

/** Node has no datagram sockets of this kind; perl is on every Debian. Closes what comes with a message, as BARRIER does. */
const listening = `use Socket; $| = 1;
socket(my $s, PF_UNIX, SOCK_DGRAM, 0); bind($s, pack_sockaddr_un($ARGV[0])) or die $!; print "listens\\n";
while (defined recv($s, my $text, 4096, 0)) { print map { "$_\\n" } split /\\n/, $text }`

/** As systemd does before it starts a service: umask 077, and where asked a socket to it as descriptor 3. */
const launching = `umask 077; if (shift @ARGV) {
require Socket; $^F = 3; socket(my $s, 1, 2, 0); connect($s, Socket::pack_sockaddr_un($ENV{NOTIFY_SOCKET})) or die $!;
fileno($s) == 3 or die fileno $s; $ENV{LISTEN_FDS} = 1; $ENV{LISTEN_FDNAMES} = "notify"; $ENV{LISTEN_PID} = $$ }
exec @ARGV or die $!`

/**
 * Who is told what systemd would be.
 *
 * @param {string} path of its socket
 * @returns {Promise<{ count: (word: string) => number }>} how often a line that begins so was said
 */
export async function listenAsSystemd(path) {
  const child = start('perl', ['-e', listening, path], { isSilent: true })
  let said = ''
  child.stdout.setEncoding('utf8')
  await within(
    'the socket of systemd',
    new Promise((resolve) => {
      child.stdout.on('data', (text) => {
        said += text
        if (said.startsWith('listens\n')) resolve()
      })
    }),
    10_000,
    child,
  )
  chmodSync(path, 0o777)
  return { count: (word) => said.split('\n').filter((line) => line.startsWith(word)).length }
}

/**
 * @param {readonly string[]} command
 * @param {boolean} withDescriptor as OpenFile= of the unit gives it; else the agent has only the socket's path
 * @returns {[string, string[]]} what starts `command` in its place, with the same process id
 */
export function asSystemdStarts(command, withDescriptor) {
  return ['perl', ['-e', launching, withDescriptor ? '1' : '0', ...command]]
}
