import { attestationMissing } from './attestation-missing.js'
import { configDiffers } from './config-differs.js'
import { configPlatform } from './config-platform.js'
import { contentDiffers } from './content-differs.js'
import { damagedElf } from './damaged-elf.js'
import { emulatorCore } from './emulator-core.js'
import { executableStack } from './executable-stack.js'
import { fileMissing } from './file-missing.js'
import { foreignElf } from './foreign-elf.js'
import { isaLevel } from './isa-level.js'
import { layersDiffer } from './layers-differ.js'
import { libcMismatch } from './libc-mismatch.js'
import { missingInterpreter } from './missing-interpreter.js'
import { missingLibrary } from './missing-library.js'
import { modeDiffers } from './mode-differs.js'
import { moduleMissing } from './module-missing.js'
import { nativeModule } from './native-module.js'
import { packageMissing } from './package-missing.js'
import { packageVersion } from './package-version.js'
import { pageSize } from './page-size.js'
import { platformMissing } from './platform-missing.js'
import type { AuditRule } from './rule.js'
import { sameManifest } from './same-manifest.js'
import { scriptInterpreter } from './script-interpreter.js'
import { sizeDiffers } from './size-differs.js'
import { symbolVersion } from './symbol-version.js'
import { unreadableLayer } from './unreadable-layer.js'
import { wrongVariant } from './wrong-variant.js'

/** Every rule of the audit, in the order of reports (`AUDIT_RULE_IDS`): a new rule is one file and one line here. */
export const AUDIT_RULES: readonly AuditRule[] = [
  unreadableLayer,
  configPlatform,
  sameManifest,
  platformMissing,
  foreignElf,
  wrongVariant,
  libcMismatch,
  missingInterpreter,
  missingLibrary,
  symbolVersion,
  isaLevel,
  nativeModule,
  scriptInterpreter,
  pageSize,
  damagedElf,
  emulatorCore,
  executableStack,
  configDiffers,
  packageMissing,
  packageVersion,
  moduleMissing,
  fileMissing,
  modeDiffers,
  contentDiffers,
  sizeDiffers,
  layersDiffer,
  attestationMissing,
]
