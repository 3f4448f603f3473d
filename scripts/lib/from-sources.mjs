import { ensurePackages } from './ensure.mjs'

/**
 * Installs the packages that are missing, makes dist/ anew when src/ is newer, and lets scripts load tables of src/,
 * which are TypeScript. For scripts that are run before there are any packages: what needs one is imported after this.
 */
export async function fromSources() {
  ensurePackages()
  const { register } = await import('tsx/esm/api')
  register()
  const { bundle } = await import('./bundle.mjs')
  await bundle()
}
