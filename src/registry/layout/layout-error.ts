import { ArchparityError } from '../../errors.js'

const WRITERS =
  'Write one with `docker buildx build --output type=oci,dest=image.oci`, `buildah push` or `skopeo copy` to oci: or oci-archive:.'

/** The error for an OCI layout, in a folder or an archive, that cannot be used. */
export function describeBadLayout(
  where: string,
  problem: string,
  hint: string = WRITERS,
  cause?: unknown,
): ArchparityError {
  return new ArchparityError('LAYOUT_INVALID', `${where} cannot be used as an OCI layout: ${problem}`, {
    hint,
    details: { file: where },
    ...(cause === undefined ? {} : { cause }),
  })
}
