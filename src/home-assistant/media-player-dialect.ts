/**
 * The integration that adds the media player to Home Assistant: bkbilly's or MiCodesOrg's, both with the
 * domain mqtt_media_player; shyndman's, with the same domain; grzegorz914's; or none.
 */
export type MediaPlayerDialect =
  'mqtt_media_player' | 'mqtt_media_player_shyndman' | 'mqtt_universal_media_player' | 'off'
