import { buildImage, type Recipe } from './recipe.js'

export const dockerList: Recipe = {
  name: 'docker-list',
  about: "as healthy, with Docker's media types (manifest list, schema 2)",
  build: () => buildImage({ dialect: 'docker' }),
}
