/** The public API: what a configuration file needs, and what makes one's own use of a run's events possible. */

export { defineConfig } from './config/define.js'
export type { ArchparityConfig, Settings } from './config/schema.js'
export { ArchparityError, type ErrorCategory, type ErrorCode } from './errors.js'
export type { CheckError, CheckRef } from './model/check.js'
export type { DeclaredDifference, NormalizeSetting } from './model/declared.js'
export type { LoggedEvent, RunEvent } from './model/events.js'
export type { Cause, Evidence, Finding } from './model/finding.js'
export type { PlatformImage, ResolvedImage } from './model/image.js'
export type { Observation } from './model/observation.js'
export type { Platform } from './model/platform.js'
export type { Status } from './model/status.js'
export type { LostCoverage, Target } from './model/target.js'
