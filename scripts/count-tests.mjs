// @ts-check
// Prints `N passed, N failed` from vitest's JSON report; the exit code is 0 only where some passed and none failed.
import { readFileSync } from 'node:fs'

/**
 * @typedef {object} Report
 * @property {{ name: string, status: string, assertionResults: { status: string }[] }[]} testResults
 */

const { passed, failed } = count(readReport(process.argv[2] ?? ''))
process.exitCode = passed > 0 && failed === 0 ? 0 : 1
console.log(`${passed} passed, ${failed} failed`)

/**
 * @param {string} file
 * @returns {Report | undefined} undefined where the tests did not come as far as a report
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    console.log(`no test report: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}

/**
 * A file that broke before its first test, and a run without a report, count as one failure each.
 * @param {Report | undefined} report
 */
function count(report) {
  if (report === undefined) return { passed: 0, failed: 1 }
  const tests = report.testResults.flatMap(file => file.assertionResults)
  const passed = tests.filter(test => test.status === 'passed').length
  const broken = report.testResults.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  )
  return { passed, failed: tests.filter(test => test.status === 'failed').length + broken.length }
}
