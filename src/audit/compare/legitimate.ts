import { nameLoaderLibc } from '../view/libc.js'
import type { PlatformView } from '../view/platform-view.js'
import { isBuildOutput, isByproduct, isPerBuild } from './byproducts.js'
import type { Comparison, FileRow } from './comparison.js'
import { firstEntry } from './file-values.js'
import { judgeOwnership } from './ownership.js'

/** A difference in a file that may be as it should be. */
export interface FileCandidate {
  readonly aspect: 'presence' | 'content' | 'mode'
  readonly row: FileRow
  readonly comparison: Comparison
}

/** A reason for which platforms may differ, decided by evidence in the image. */
export interface LegitimateReason {
  readonly id: string
  /** For people; the documentation shows it. */
  readonly description: string
  applies(candidate: FileCandidate, path: string): boolean
}

/** Every reason for which a file may differ, the cheap ones first. */
export const LEGITIMATE: readonly LegitimateReason[] = [
  {
    id: 'by-product',
    description:
      'Caches, logs, temporary files, compiled Python and the databases of package managers: what a build leaves behind and nothing needs.',
    applies: (_, path) => isByproduct(path),
  },
  {
    id: 'library-folder',
    description:
      'The folders and links `lib32`, `lib64`, `libx32` and `libo32` in the root and in `/usr`: each architecture has its own.',
    applies: ({ row }, path) =>
      /^(?:usr\/)?(?:local\/)?lib(?:32|64|x32|o32)$/.test(path) && firstEntry(row.items)?.type !== 'file',
  },
  {
    id: 'c-library',
    description:
      "What the C library itself has on some machines only: libmvec, gconv's modules for one processor, and where the link to its loader leads.",
    applies: ({ aspect, row }, path) =>
      aspect === 'presence'
        ? /(?:^|\/)lib[^/]*\/(?:[^/]+\/)?(?:libmvec[-.][^/]*|gconv\/[^/]+_Z9(?:00)?\.so)$/.test(path)
        : firstEntry(row.items)?.type === 'symlink' && isLoader(path),
  },
  {
    id: 'empty-platform-folder',
    description: 'A folder that is named after the architecture and holds nothing that other platforms lack.',
    applies: ({ aspect, row, comparison }) =>
      aspect === 'presence' &&
      firstEntry(row.items)?.type === 'directory' &&
      row.items.every((item, side) => item === undefined || namesPlatform(item.path, comparison.views[side])),
  },
  {
    id: 'packaging',
    description:
      "A file of a package that is installed in the same version on all sides: what belongs into it on which architecture is the packager's decision. Not where the package's own list names the missing file (Node packages: where it is not below `build/`), nor for the content of settings below `/etc` and of packages that are one artefact for all architectures.",
    applies: (candidate, path) => {
      const { ownership, owner, independent } = judgeOwnership(candidate.row, candidate.comparison)
      const isSame = ownership === 'same' || (ownership === 'removed' && candidate.aspect === 'content')
      if (!isSame || candidate.aspect === 'mode') return false
      if (candidate.aspect === 'presence')
        // npm keeps no list of what it unpacked, but it unpacked the same everywhere.
        return owner?.ecosystem !== 'node' || (independent !== true && !isElf(candidate.row))
      return independent !== true && !isSetting(path)
    },
  },
  {
    id: 'package-differs',
    description:
      'A file of a package that is missing or of another version on the other side: the rules for packages tell that.',
    applies: candidate => {
      const { ownership } = judgeOwnership(candidate.row, candidate.comparison)
      return ownership === 'other-version' || ownership === 'not-installed'
    },
  },
  {
    id: 'per-build',
    description:
      'Files that are new in every build: machine-id, password ages in `shadow`, backups of `passwd`, what npm, yarn and pnpm note about an installation.',
    applies: ({ aspect }, path) => aspect === 'content' && isPerBuild(path),
  },
  {
    id: 'build-output',
    description:
      "What compilers write, or what tells the next compiler about it: objects, archives, `.pc` files, `config.h`, Makefiles, `_sysconfigdata`, Perl's Config, `jvm.cfg`, locale archives.",
    applies: ({ aspect, row }, path) =>
      aspect !== 'mode' && firstEntry(row.items)?.type !== 'directory' && isBuildOutput(path),
  },
  {
    id: 'package-sources',
    description:
      "The package manager's sources: Ubuntu and others serve some architectures from another mirror (`ports.ubuntu.com`).",
    applies: ({ aspect }, path) =>
      aspect === 'content' &&
      /^etc\/(?:apt\/sources\.list(?:\.d\/|$)|apk\/repositories|yum\.repos\.d\/)/.test(path),
  },
]

/** Settings are for people to change, and packages ship the same everywhere but for where the loader looks. */
function isSetting(path: string): boolean {
  return path.startsWith('etc/') && !path.startsWith('etc/ld.so.conf.d/')
}

function namesPlatform(path: string, view: PlatformView | undefined): boolean {
  return view?.neutralizePath(path).includes('‹') ?? false
}

function isElf({ items }: FileRow): boolean {
  return firstEntry(items)?.content?.elf !== undefined
}

function isLoader(path: string): boolean {
  const libc = nameLoaderLibc(path)
  return libc === 'glibc' || libc === 'musl'
}

/** The first reason that makes the difference a legitimate one. */
export function findReason(candidate: FileCandidate): LegitimateReason | undefined {
  const path = firstEntry(candidate.row.items)?.path ?? candidate.row.name
  return LEGITIMATE.find(reason => reason.applies(candidate, path))
}
