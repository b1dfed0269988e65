import { AMD64, ARM64, S390X } from '../platforms.js'
import { buildDebianUserland } from '../userland.js'
import { buildImage, type Recipe } from './recipe.js'

/** Python with everything that it needs to start; libc first, so that links of later packages win. */
export const PYTHON_PACKAGES = [
  ...[
    'libc6',
    'libgcc-s1',
    'zlib1g',
    'libcrypt1',
    'libexpat1',
    'libssl3',
    'libffi8',
    'libtinfo6',
    'dash',
    'coreutils',
  ],
  ...['libacl1', 'libattr1', 'libgmp10', 'libselinux1', 'libpcre2-8-0', 'grep', 'sed'],
  ...['libpython3.11-minimal', 'libpython3.11-stdlib', 'python3.11-minimal', 'python3-minimal'],
]

export const python: Recipe = {
  name: 'python',
  about: "a dynamic userland of Debian's own packages with Python 3.11 (amd64, arm64, s390x)",
  build: () =>
    buildImage({
      platforms: [AMD64, ARM64, S390X],
      userland: platform => buildDebianUserland(platform, PYTHON_PACKAGES),
      files: () => [{ path: 'bin/sh', link: 'dash' }],
      app: () =>
        `exec python3 -c 'import json, struct; print("archparity lab", json.dumps({"version": "1.0"}))'`,
    }),
}
