import { defineSuiteConfig } from 'archparity/vitest'

// `IMAGE=repository:tag npx vitest` runs the suites on every platform of the image, with watch mode and -t.
// The project's own tests have their own configuration: test/vitest.config.ts.
export default defineSuiteConfig()
