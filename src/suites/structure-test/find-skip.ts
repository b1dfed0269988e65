import { matchesPlatform, type Platform, parsePlatform } from '../../model/platform.js'
import type { OwnKeys } from './structure-suite.js'

/** Why a check is not run on a platform; undefined where it is. */
export function findSkip({ skip = [] }: OwnKeys, platform: Platform): string | undefined {
  const isWanted = (text: string) => isOf(text, platform)
  return skip.find(({ platforms }) => platforms.length === 0 || platforms.some(isWanted))?.reason
}

/** Whether a platform is the one that a file names. */
export function isOf(text: string, platform: Platform): boolean {
  const wanted = parsePlatform(text)
  return wanted !== undefined && matchesPlatform(wanted, platform)
}
