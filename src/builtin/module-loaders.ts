import { MARK } from './answer-mark.js'
import type { Interpreter } from './builtin-plan.js'

type MakeArgv = (program: string, modules: readonly string[]) => readonly string[]

/** One line a module; nothing is written to disk (`-B`). */
const PYTHON = `
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        said = "loads"
    except BaseException as error:
        said = type(error).__name__ + ": " + " ".join(str(error).split())
    sys.__stdout__.write("\\n${MARK}" + said + "\\n")
    sys.__stdout__.flush()
`

const NODE = `
for (const file of process.argv.slice(1)) {
  let said = 'loads'
  try { require(file) } catch (error) { said = String(error && error.message).split('\\n')[0] }
  require('fs').writeSync(1, '\\n${MARK}' + said + '\\n')
}
process.exit(0)
`

const PERL = `
$| = 1;
for my $name (@ARGV) {
  my $said = eval "require $name; 1" ? "loads" : $@;
  $said =~ s/ at .*//s;
  $said =~ s/\\s+/ /g;
  $said =~ s/ \\(you may need.*//;
  print STDOUT "\\n", '${MARK}', $said, "\\n";
}
`

const RUBY = `
ARGV.each do |file|
  said = begin
    require file
    "loads"
  rescue Exception => error
    error.class.name + ": " + error.message.lines.first.to_s.strip
  end
  STDOUT.write("\\n${MARK}" + said + "\\n")
  STDOUT.flush
end
`

/** Extensions that others need come first, wherever they stand. */
const PHP = `
$files = array_slice($argv, 1);
foreach (["pdo", "mysqlnd", "xml", "dom", "sockets", "igbinary", "msgpack"] as $name)
  foreach ($files as $file)
    if (basename($file) === "$name.so" && !extension_loaded($name)) @dl(basename($file));
foreach ($files as $file) {
  $said = "loads";
  if (!extension_loaded(basename($file, ".so")) && !@dl(basename($file)))
    $said = preg_replace('/\\s+/', ' ', error_get_last()["message"] ?? "does not load");
  fwrite(STDOUT, "\n${MARK}$said\n");
}
`

/**
 * Of each interpreter, the command that loads modules and says of each, in order, what came of it. Absent: its modules
 * cannot be loaded without a program of their own in the image.
 */
export const LOADERS: Readonly<Partial<Record<Interpreter, MakeArgv>>> = {
  python: (program, modules) => [program, '-B', '-c', PYTHON, ...modules],
  node: (program, modules) => [program, '-e', NODE, '--', ...modules],
  perl: (program, modules) => [program, '-e', PERL, '--', ...modules],
  ruby: (program, modules) => [program, '-e', RUBY, '--', ...modules],
  // Without its own settings, which load most of them already.
  php: (program, modules) => [
    ...[program, '-n', '-d', 'enable_dl=1', '-d', `extension_dir=${findFolder(modules[0] ?? '')}`],
    ...['-r', PHP, '--', ...modules],
  ],
}

const findFolder = (file: string): string => file.slice(0, file.lastIndexOf('/')) || '/'
