import { Html } from './html.ts'

/** Large touch targets, light or dark as the phone is set, no external resources. */
export const style = new Html(`<style>
:root{color-scheme:light dark;--back:#f3f4f6;--card:#fff;--ink:#111827;--soft:#4b5563;--line:#d1d5db;--yes:#0f766e;--warn:#fef3c7;--warnink:#713f12}
@media(prefers-color-scheme:dark){:root{--back:#0b0f14;--card:#161c24;--ink:#f3f4f6;--soft:#a3adba;--line:#374151;--yes:#0f766e;--warn:#422006;--warnink:#fde68a}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:18px/1.5 system-ui,sans-serif}
main{max-width:28rem;margin:0 auto;padding:1rem}
.sandbox{background:var(--warn);color:var(--warnink);border-radius:.75rem;padding:.75rem 1rem;font-size:1rem;margin:0 0 1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:1.25rem}
h1{font-size:1.5rem;margin:0 0 .75rem}
p{margin:0 0 1rem}
ul{margin:0 0 1rem;padding-left:1.25rem}
small{display:block;color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
.code{display:block;font:700 2.25rem/1.2 ui-monospace,monospace;letter-spacing:.2em;text-align:center;margin:0 0 1rem;overflow-wrap:anywhere}
label{display:block;margin:0 0 .5rem}
.choice{border:1px solid var(--line);border-radius:.75rem;padding:.75rem 1rem;min-height:3rem}
fieldset{border:0;margin:0 0 1rem;padding:0}
legend{padding:0;margin:0 0 .5rem}
input[type=text]{width:100%;font:inherit;font-size:1.75rem;letter-spacing:.15em;text-align:center;text-transform:uppercase;padding:.75rem;border:2px solid var(--soft);border-radius:.75rem;background:transparent;color:inherit;margin:0 0 1rem}
button{width:100%;min-height:3.5rem;font:inherit;font-weight:600;font-size:1.15rem;border-radius:.75rem;border:2px solid var(--yes);background:var(--yes);color:#fff;margin:0 0 .75rem}
button.no{background:transparent;border-color:var(--soft);color:inherit}
.error{border-left:4px solid #dc2626;padding-left:.75rem}
:focus-visible{outline:3px solid var(--yes);outline-offset:2px}
</style>`)
