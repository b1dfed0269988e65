import { buildImage, type Recipe } from './recipe.js'

/** In shell's octal spelling: Latin-1, broken UTF-8, ANSI escapes, NUL, the end of a CDATA section, HTML. */
const GARBAGE = String.raw`caf\351 \377\376 \033[31mred\033[0m \033]0;title\007 \000 ]]> <script>alert(1)</script> &\015\n`

export const garbage: Recipe = {
  name: 'garbage',
  about: '`/app` prints invalid UTF-8, ANSI escapes, NUL, `]]>` and `<script>` on stdout and stderr',
  build: () => buildImage({ app: () => `printf '${GARBAGE}'\nprintf '${GARBAGE}' >&2` }),
}
