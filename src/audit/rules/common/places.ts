import type { ElfFile, PlatformView } from '../../view/platform-view.js'
import { oncePerView } from './per-view.js'

/** Suites ship files of other machines, damaged ones and scripts for other systems on purpose. */
const TEST_DATA =
  /(?:^|\/)(?:testdata|test-data|test_data|testsuite|fixtures|__fixtures__|__tests__|corpus|fuzz)\/|(?:^|\/)(?:node_modules|site-packages|dist-packages|gems|go\/pkg\/mod|go\/src|python[\d.]+|perl5?)\/(?:[^/]+\/)*(?:tests?|specs?)\//
const EXAMPLES =
  /^usr\/(?:local\/)?share\/(?:doc|man|info|vim|emacs)\/|(?:^|\/)(?:examples?|samples?|demos?|contrib|docs?)\//

const MODULE_FOLDERS =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|lib-dynload|pyshared|perl5?|gems|ruby|vendor_ruby|php\d*|jni)\//

const folders = oncePerView(view => ({
  path: realFolders(view, view.searchPath),
  loader: realFolders(view, view.loaderDirectories),
  entries: new Set(view.entryPrograms.map(file => file.path)),
  closure: new Set(view.entryPrograms.flatMap(program => view.listClosure(program).map(file => file.path))),
}))

function realFolders(view: PlatformView, names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(name => view.resolve(name)?.path ?? name.replace(/^\/+|\/+$/g, '')))
}

/** The folder of a path. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}

/** Whether commands find the file by its name alone. */
export function isInSearchPath(view: PlatformView, path: string): boolean {
  return folders(view).path.has(folderOf(path))
}

/** Whether the platform's loader looks for every program's libraries there. */
export function isInLoaderFolder(view: PlatformView, path: string): boolean {
  return folders(view).loader.has(folderOf(path))
}

/** Whether the image's own commands start the file. */
export function isEntryProgram(view: PlatformView, path: string): boolean {
  return folders(view).entries.has(path)
}

/** Whether the file is mapped when the image's own commands start. */
export function isInEntryClosure(view: PlatformView, path: string): boolean {
  return folders(view).closure.has(path)
}

/** Whether the file may be started: it is executable by someone, or the image's own commands name it. */
export function isStarted(view: PlatformView, file: ElfFile): boolean {
  const { type } = file.elf
  const isProgram = type === 'executable' || type === 'pie' || isEntryProgram(view, file.path)
  return isProgram && ((file.entry.mode & 0o111) !== 0 || isEntryProgram(view, file.path))
}

/** Whether the file is an extension that Python, Node, Perl, Ruby, PHP or a JVM loads. */
export function isModule(path: string): boolean {
  if (path.endsWith('.node') || /\.(?:cpython-|pypy|abi3\.)[^/]*so$/.test(path)) return true
  return path.endsWith('.so') && MODULE_FOLDERS.test(path)
}

const FIRMWARE =
  /^(?:usr\/)?lib\/firmware\/|^boot\/|(?:^|\/)vmlinux[^/]*$|^usr\/(?:local\/)?(?:share|lib)\/(?:qemu|ipxe|seabios|slof|openbios|u-boot|grub|syslinux|edk2|ovmf|aavmf|qemu-efi[^/]*|opensbi|arm-trusted-firmware|xen|virtio[^/]*)\//i

/** Whether the path is of firmware or boot code: no program of the platform's kernel. */
export function isFirmware(path: string): boolean {
  return FIRMWARE.test(path)
}

/** Whether the path says that nobody runs the file: a test's data. */
export function isTestData(path: string): boolean {
  return TEST_DATA.test(path)
}

/** Whether the path says that the file is there to be read: documentation, examples. */
export function isExample(path: string): boolean {
  return EXAMPLES.test(path)
}
