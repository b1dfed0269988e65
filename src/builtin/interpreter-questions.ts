import type { Probe } from '../worker/check-scope.js'
import { MARK } from './answer-mark.js'
import type { Interpreter } from './builtin-plan.js'

const PYTHON = `
import json, sys, sysconfig
said = {"version": sys.version.split()[0], "implementation": sys.implementation.name}
def ask(name, question):
    try:
        said[name] = question()
    except Exception as error:
        said[name] = type(error).__name__ + ": " + str(error)
def of(module, name):
    return lambda: str(getattr(__import__(module), name))
ask("ssl", of("ssl", "OPENSSL_VERSION"))
ask("sqlite", of("sqlite3", "sqlite_version"))
ask("zlib", of("zlib", "ZLIB_RUNTIME_VERSION"))
ask("expat", lambda: str(__import__("pyexpat").EXPAT_VERSION))
ask("lzma", of("lzma", "FORMAT_XZ"))
ask("hashes", lambda: sorted(__import__("hashlib").algorithms_guaranteed))
ask("floats", lambda: [repr(x) for x in (0.1, 1e22, 5e-324, 1.7976931348623157e308, 2.0 ** 0.5)])
ask("float format", lambda: ["%.17g" % 0.1, "%e" % 12345.678, float.hex(0.1)])
ask("big integers", lambda: str(3 ** 200 % (2 ** 127 - 1)))
ask("encodings", lambda: [sys.getdefaultencoding(), sys.getfilesystemencoding()])
ask("threads", lambda: sys.thread_info.name)
ask("unicode", of("unicodedata", "unidata_version"))
ask("shared build", lambda: sysconfig.get_config_var("Py_ENABLE_SHARED"))
ask("json", lambda: json.dumps({"a": 1.5, "b": [None, True]}))
sys.stdout.write("\\n${MARK}" + json.dumps(said) + "\\n")
`

const NODE = `
const said = { version: process.version, features: process.features }
const ask = (name, question) => { try { said[name] = question() } catch (error) { said[name] = String(error) } }
for (const name of ['openssl', 'icu', 'unicode', 'zlib', 'uv', 'v8', 'napi', 'brotli', 'tz'])
  ask(name, () => String(process.versions[name]))
ask('floats', () => [0.1, 1e22, 5e-324, Number.MAX_VALUE, Math.sqrt(2)].map(String))
ask('big integers', () => String(3n ** 200n % (2n ** 127n - 1n)))
ask('locale', () => new Intl.NumberFormat('de-DE').format(1234567.891))
ask('time zones', () => new Intl.DateTimeFormat('en', { timeZone: 'Asia/Tokyo', timeZoneName: 'short' }).format(0))
ask('hashes', () => require('crypto').getHashes().length)
ask('wasm', () => typeof WebAssembly)
console.log('\\n${MARK}' + JSON.stringify(said))
`

// In double quotation marks Perl takes the mark for arrays.
const PERL = `
use Config;
my @said = map { my $v = $Config{$_}; [$_, defined $v ? $v : ""] } qw(version usethreads usequadmath d_setlocale);
push @said, ["floats", join(" ", 0.1, 1e22, sqrt(2))];
push @said, ["version string", sprintf("%vd", $^V)];
s/(["\\\\])/\\\\$1/g for map { $$_[1] } @said;
print "\\n", '${MARK}{', join(",", map { "\\"$$_[0]\\":\\"$$_[1]\\"" } @said), "}\\n";
`

const RUBY = `
require 'json'
said = { version: RUBY_VERSION, engine: RUBY_ENGINE, patch: RUBY_PATCHLEVEL }
ask = ->(name, &question) { said[name] = begin; question.call; rescue Exception => error; error.class.name; end }
ask.call(:openssl) { require 'openssl'; OpenSSL::OPENSSL_LIBRARY_VERSION }
ask.call(:zlib) { require 'zlib'; Zlib.zlib_version }
ask.call(:psych) { require 'psych'; Psych.libyaml_version.join('.') }
ask.call(:floats) { [0.1, 1e22, 5e-324, Math.sqrt(2)].map(&:to_s) }
ask.call('big integers') { (3**200 % (2**127 - 1)).to_s }
puts "\\n${MARK}" + JSON.generate(said)
`

const PHP = `
$names = get_loaded_extensions();
sort($names);
echo "\\n${MARK}", json_encode([
  "version" => PHP_VERSION, "zts" => PHP_ZTS, "extensions" => $names,
  "openssl" => defined("OPENSSL_VERSION_TEXT") ? OPENSSL_VERSION_TEXT : null,
  "icu" => defined("INTL_ICU_VERSION") ? INTL_ICU_VERSION : null,
  "floats" => [var_export(0.1, true), var_export(1e22, true), var_export(sqrt(2), true)],
]), "\\n";
`

/** What each interpreter is asked, after its own path. */
export const INTERPRETER_QUESTIONS: Readonly<Record<Interpreter, readonly string[]>> = {
  python: ['-B', '-c', PYTHON],
  node: ['-e', NODE],
  perl: ['-e', PERL],
  ruby: ['-e', RUBY],
  php: ['-r', PHP],
  java: ['-version'],
}

/** The features that an interpreter told, by name; undefined where it did not answer. */
export function readFeatures(
  interpreter: Interpreter,
  { exitCode, stdout, stderr }: Pick<Probe, 'exitCode' | 'stdout' | 'stderr'>,
): Readonly<Record<string, unknown>> | undefined {
  // Java says no more without a program; which VM it is differs by machine on purpose.
  if (interpreter === 'java')
    return exitCode === 0
      ? { version: (stderr || stdout).split('\n').find(line => / version "/.test(line)) ?? '' }
      : undefined
  const at = stdout.lastIndexOf(MARK)
  if (at < 0) return undefined
  try {
    const value: unknown = JSON.parse(stdout.slice(at + MARK.length))
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
