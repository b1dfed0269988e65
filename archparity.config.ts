import { defineConfig } from 'archparity'

// What `npm test -- IMAGE` runs: this project's own suites, which fit any Linux image with a shell.
export default defineConfig({
  suites: ['suites/**/*.suite.ts'],
  reports: 'reports',
})
