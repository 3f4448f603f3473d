/** Data that goes out with status 206: the session was restored before it was read (API_playback_overview_v2). */
export class Restored {
  readonly data: object

  constructor(data: object) {
    this.data = data
  }
}
