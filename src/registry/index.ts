export type { ContentReader, ImageSource, RawManifest } from './image-source.js'
export { type ImageSourceOptions, openImageSource } from './open-image-source.js'
export type { RegistryOptions, RegistryTimeouts } from './options.js'
export { type PullCredentials, pullCredentials } from './pull-credentials.js'
