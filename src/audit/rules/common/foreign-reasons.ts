import { findVocabulary } from '../../../compare/normalize/vocabulary.js'
import { type Abi, runsBesides } from '../../view/abi.js'
import { baseName } from '../../view/libc.js'
import type { ElfFile, PlatformView } from '../../view/platform-view.js'
import { findGuestRoot, holdsSystem } from './guest-roots.js'
import { excludesPlatform, findNodePackage } from './node-packages.js'
import { isSystemPackage, readPackageArchitecture } from './package-architecture.js'
import { isFirmware, isInLoaderFolder, isInSearchPath, isTestData } from './places.js'
import { hasOwnBuild, isNamedBuild } from './platform-folders.js'
import { isTaggedForOther } from './python-tag.js'

/** A reason for which a file of another machine may be in an image, decided by evidence in the image. */
export interface ForeignReason {
  readonly id: string
  /** For people; the documentation shows it. */
  readonly description: string
  applies(file: ElfFile, view: PlatformView): boolean
}

const EMULATION = /(?:^|\/)(?:box(?:64|86)|wine|proton|fex-emu|hangover)[^/]*\//i
/** Folders that are named after a target: `usr/aarch64-linux-gnu`, `gcc-cross/...`, `rustlib/...`, `x-tools/...`. */
const TARGET = /^([a-z0-9_]+)-(?:[a-z0-9_]+-)?(?:linux|none|elf|android)/

/** Every reason, the cheap ones first. */
export const FOREIGN_REASONS: readonly ForeignReason[] = [
  {
    id: 'no-processor',
    description:
      'Code for a machine that OCI has no word for: BPF, graphics processors (AMDGPU, CUDA), signal processors, microcontrollers, x32.',
    applies: ({ elf }) => elf.architecture === undefined,
  },
  {
    id: 'not-loadable',
    description: 'Objects that are only linked into something (`ET_REL`), and core dumps.',
    applies: ({ elf }) => elf.type === 'relocatable' || elf.type === 'core',
  },
  {
    id: 'firmware',
    description:
      'Firmware and boot code: below `lib/firmware`, `boot`, and the folders of QEMU, GRUB, iPXE, U-Boot and their like.',
    applies: ({ path }) => isFirmware(path),
  },
  {
    id: 'test-data',
    description: 'Data of test suites: `testdata`, `fixtures`, and the `test` folders of installed packages.',
    applies: ({ path }) => isTestData(path),
  },
  {
    id: 'kernel-runs-it',
    description: "Programs that the platform's kernels run as their own: 386 on amd64.",
    applies: ({ elf }, view) => runsBesides(elf, view.platform),
  },
  {
    id: 'emulator',
    description:
      'Emulators that the kernel starts in place of a program (`qemu-*-static`), and what Box64, Wine and FEX bring.',
    applies: ({ path }) => /^qemu-[\w]+(?:-static)?$/.test(baseName(path)) || EMULATION.test(path),
  },
  {
    id: 'beside-own',
    description:
      "One build of several: the path names the file's own architecture, and this platform's own build lies beside it (`prebuilds/`, `@img/`, `jni/x86_64`).",
    applies: (file, view) => hasOwnBuild(view, file),
  },
  {
    id: 'node-package',
    description:
      "Builds that a Node package ships under their platform's name, and packages whose `os`, `cpu` or `libc` leave this platform out: the rule `native-module` judges whether the platform's own is missing.",
    applies: (file, view) => {
      const owner = findNodePackage(view, file.path)
      return owner !== undefined && (excludesPlatform(owner.manifest, view) || isNamedBuild(file))
    },
  },
  {
    id: 'python-tag',
    description:
      "Python extensions whose name is for another platform (`.cpython-311-x86_64-linux-gnu.so`), which Python does not import: the rule `native-module` tells whether this platform's own is missing.",
    applies: ({ path }, view) => isTaggedForOther(path, view.platform),
  },
  {
    id: 'guest-system',
    description: 'A root inside the root with a loader of that architecture: a chroot, a guest, a sysroot.',
    applies: ({ path, elf }, view) => findGuestRoot(view, path, elf) !== undefined,
  },
  {
    id: 'toolchain',
    description:
      "A folder named after the file's own GNU or Rust target that holds a C library, start files or a standard library: a cross toolchain or a complete multi-arch tree.",
    applies: ({ path, elf }, view) => isInTargetTree(path, elf, view),
  },
  {
    id: 'foreign-package',
    description:
      "A distribution's package of that very architecture (`libc6:i386`), beside the platform's own system; not its programs in PATH.",
    applies: ({ path, elf }, view) => {
      const owner = view.findOwner(path)
      return (
        isSystemPackage(owner) &&
        readPackageArchitecture(owner) === elf.architecture &&
        !isInSearchPath(view, path)
      )
    },
  },
  {
    id: 'packaged-data',
    description:
      "A file that a distribution's package of this platform put outside PATH and the loader's folders: its packager knew.",
    applies: ({ path }, view) =>
      isSystemPackage(view.findOwner(path)) && !isInSearchPath(view, path) && !isInLoaderFolder(view, path),
  },
]

function isInTargetTree(path: string, elf: Abi & { architecture?: string }, view: PlatformView): boolean {
  const { triplets } = findVocabulary({ architecture: elf.architecture ?? '' })
  let start = 0
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', start)) {
    const first = TARGET.exec(path.slice(start, slash))?.[1]
    const isOwn = first !== undefined && (triplets.includes(first) || first.startsWith(triplets[0] ?? '\0'))
    if (isOwn && holdsSystem(view, path.slice(0, slash))) return true
    start = slash + 1
  }
  return false
}
