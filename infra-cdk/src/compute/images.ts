import { join } from 'node:path';
import { LANGUAGES } from '@rce/languages/catalog.ts';
import { DockerImageAsset, type DockerImageAssetProps, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { ROOT } from '../paths.ts';

/** Where the images come from: the project's own Dockerfiles, and the languages' images copied to ECR. */
export class Images extends Construct {
  readonly runner: DockerImageAsset;
  readonly socketProxy: DockerImageAsset;
  /** By language id. */
  readonly languages: ReadonlyMap<string, DockerImageAsset>;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const platform = config.architecture === 'arm64' ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64;
    const own = (name: string): DockerImageAssetProps => ({
      directory: ROOT,
      file: `${name}/Dockerfile`,
      platform,
      // Documentation and tests change often; the image is rebuilt only for what it holds.
      exclude: [
        '**/*.test.ts',
        '**/*.md',
        'cdk.out',
        '.git',
        'node_modules',
        'web',
        'infra-cdk',
        'docs',
        'e2e',
        'bench',
        'observability',
      ],
    });
    this.runner = new DockerImageAsset(this, 'Runner', own('sandbox-runner'));
    this.socketProxy = new DockerImageAsset(this, 'SocketProxy', own('socket-proxy'));

    // Hosts have no way to a public registry, and should not depend on one while they scale: whoever
    // deploys copies each language's image to ECR, once. Languages that share an image share its copy.
    const copies = new Map<string, DockerImageAsset>();
    this.languages = new Map(
      LANGUAGES.filter((language) => config.languages.includes(language.id)).map(
        ({ id: language, docker }) => {
          const copy =
            copies.get(docker.image) ??
            new DockerImageAsset(this, `Language-${language}`, {
              directory: join(import.meta.dirname, '../../images/language'),
              buildArgs: { IMAGE: docker.image },
              platform,
            });
          copies.set(docker.image, copy);
          return [language, copy];
        },
      ),
    );
  }
}
