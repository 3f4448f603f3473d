/** Word lists for the catalog. None is meant to be the name of a real recording. */
export const ARTISTS: readonly (readonly [name: string, genre: string])[] = [
  ['The Paper Lanterns', 'Indie'],
  ['Mira Solberg', 'Folk'],
  ['Copper Meridian', 'Rock'],
  ['Juno & the Tidewater', 'Soul'],
  ['Kilo Vega', 'Electronic'],
  ['Ostinato Nine', 'Classical'],
  ['Die Nachtbäckerei', 'Pop'],
  ['Ravi Lindqvist Trio', 'Jazz'],
  ['Salt Harbour', 'Folk'],
  ['Neon Allotment', 'Electronic'],
  ['Étoile Paresseuse', 'Pop'],
  ['Granite Choir', 'Rock'],
]

export const ADJECTIVES = [
  'Quiet',
  'Amber',
  'Hollow',
  'Northern',
  'Velvet',
  'Borrowed',
  'Electric',
  'Distant',
  'Paper',
  'Crooked',
  'Golden',
  'Winter',
  'Restless',
  'Salted',
  'Second',
  'Tender',
] as const

export const NOUNS = [
  'Harbour',
  'Window',
  'Machine',
  'Orchard',
  'Signal',
  'Stairway',
  'Morning',
  'Ferry',
  'Compass',
  'Garden',
  'Lantern',
  'Meadow',
  'Radio',
  'Tide',
  'Thunder',
  'Voyage',
] as const

export const LABELS = ['Sandbox Records', 'Cardboard Sound', 'Third Shelf'] as const

export const PLAYLISTS: readonly (readonly [
  title: string,
  description: string,
  genres: readonly string[],
])[] = [
  ['Sunday Kitchen', 'Songs for slow pancakes', ['Folk', 'Soul', 'Indie']],
  ['Deep Focus Tones', 'Nothing that pulls you out', ['Classical', 'Electronic']],
  ['Night Drive', 'Lights and motorway', ['Electronic', 'Rock']],
  ['Coffeehouse Corner', 'Guitars and cups', ['Folk', 'Jazz']],
  ['Loud Garage', 'Neighbours will know', ['Rock', 'Indie']],
  ['Fresh Pop', 'New this week', ['Pop']],
]

export const STATIONS: readonly (readonly [name: string, genre: string, djMode: boolean])[] = [
  ['Sandbox Indie Radio', 'Indie', false],
  ['Folk by the Fire', 'Folk', false],
  ['Rock with DJ Mode', 'Rock', true],
  ['Soul Kitchen', 'Soul', false],
  ['Electronic Nights with DJ Mode', 'Electronic', true],
  ['Jazz Cellar', 'Jazz', false],
]

export const PODCASTS: readonly (readonly [title: string, description: string])[] = [
  ['Wires and Wood', 'How instruments are made'],
  ['The Sandbox Hour', 'Things that are not real, explained'],
  ['Five Minute Fjord', 'Short walks, recorded'],
]

/** Integer frequencies near a pentatonic scale, so that one second contains whole periods. */
export const TONES_HZ = [220, 247, 277, 330, 370, 440, 494, 554, 659, 740, 880] as const
