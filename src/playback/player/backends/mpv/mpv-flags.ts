/** How long mpv waits for a server that says nothing. */
const networkTimeoutSeconds = 10

/** Of what is fetched ahead and of what is kept behind: a device with little memory plays two streams at once. */
const aheadBytes = 24 * 1024 * 1024
const behindBytes = 4 * 1024 * 1024

/** Containers that sound comes in. ffmpeg knows some hundred more, and among them lists of files. */
const files = 'aac,ac3,aiff,caf,eac3,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpegts,ogg,opus,wav,w64'
/** They name further addresses. */
const manifests = 'dash,hls'

/** What a stream, its manifest and a redirect may lead to: the network only, never a file of this device. */
const protocols = 'http,https,tcp,tls,crypto,data'

/**
 * mpv's command line. It is told everything else over descriptor 3, and ends when that closes: so it never outlives the
 * agent. Good for mpv 0.35 to 0.40.
 *
 * @param audioDevice mpv's name of it; `null` plays in real time without sound
 * @param caFile PEM file of the authorities that are trusted
 * @param filesOnly leaves manifests out
 */
export function mpvFlags(
  audioDevice: string | undefined,
  caFile: string,
  filesOnly = false,
): readonly string[] {
  const formats = filesOnly ? files : `${files},${manifests}`
  return [
    '--input-ipc-client=fd://3',
    '--idle=yes',
    '--no-terminal',
    // Nothing of the user's own, no script, no key, no memory of earlier runs.
    '--no-config',
    '--load-scripts=no',
    '--ytdl=no',
    '--osc=no',
    '--load-osd-console=no',
    '--load-stats-overlay=no',
    '--load-auto-profiles=no',
    '--input-default-bindings=no',
    '--input-builtin-bindings=no',
    '--resume-playback=no',
    // Sound only, and only the stream itself: no playlists, EDL, CUE sheets, archives, chapters or files beside it.
    '--no-video',
    '--sid=no',
    '--demuxer=lavf',
    '--autoload-files=no',
    '--ordered-chapters=no',
    '--load-unsafe-playlists=no',
    `--demuxer-lavf-o-append=format_whitelist=${formats}`,
    `--demuxer-lavf-o-append=protocol_whitelist=${protocols}`,
    `--stream-lavf-o-append=protocol_whitelist=${protocols}`,
    // Half a second of sound tells what it is: mpv would wait for five of them, on a slow line for as long.
    '--demuxer-lavf-analyzeduration=0.5',
    // mpv does not verify certificates unless told to.
    '--tls-verify=yes',
    `--tls-ca-file=${caFile}`,
    `--network-timeout=${networkTimeoutSeconds}`,
    `--demuxer-max-bytes=${aheadBytes}`,
    `--demuxer-max-back-bytes=${behindBytes}`,
    // Not `yes`: that would play everything at the sample rate of what came first.
    '--gapless-audio=weak',
    // mpv's volume has 256 steps on whole samples, and below 13 % none of them is left.
    '--audio-format=float',
    ...(audioDevice === 'null'
      ? ['--ao=null']
      : audioDevice === undefined
        ? []
        : [`--audio-device=${audioDevice}`]),
  ]
}
