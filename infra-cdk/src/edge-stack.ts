import {
  cacheControl,
  IMMUTABLE_PREFIX,
  PAGE_ROUTES,
  SECURITY_HEADERS,
  STRICT_TRANSPORT_SECURITY,
} from '@rce/web/security-headers.ts';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { Firewall } from './edge/firewall.ts';
import { pageRoutesFunction } from './edge/page-routes.ts';

export interface EdgeStackProps extends StackProps {
  readonly config: Config;
  /** Host name and stage of the REST API, which may be in another region. */
  readonly api: { readonly domainName: string; readonly stage: string };
  /** Folder of the built page. */
  readonly page: string;
}

/** One address for page and API: S3 and CloudFront, with a firewall. */
export class EdgeStack extends Stack {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    const { config } = props;
    const logs = this.bucket('Logs', config, {
      ownership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      days: config.logDays,
    });
    const page = this.bucket('Page', config, { logs });
    const api = this.apiBehavior(props);

    this.distribution = new Distribution(this, 'Distribution', {
      comment: `${config.name}: page and API`,
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...(config.domain && config.certificateArn
        ? {
            domainNames: [config.domain],
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
            certificate: Certificate.fromCertificateArn(this, 'Certificate', config.certificateArn),
          }
        : {}),
      webAclId: new Firewall(this, 'Firewall', config).arn,
      enableLogging: true,
      logBucket: logs,
      logFilePrefix: 'cloudfront/',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(page),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        compress: true,
        responseHeadersPolicy: this.pageHeaders(),
        functionAssociations: [
          {
            eventType: FunctionEventType.VIEWER_REQUEST,
            function: new EdgeFunction(this, 'PageRoutes', {
              runtime: FunctionRuntime.JS_2_0,
              code: FunctionCode.fromInline(pageRoutesFunction(PAGE_ROUTES)),
            }),
          },
        ],
      },
      additionalBehaviors: { '/api/*': api, '/analysis/*': api },
    });
    this.deployPage(page, props.page);
    new CfnOutput(this, 'Url', {
      value: `https://${config.domain ?? this.distribution.distributionDomainName}`,
    });
  }

  private bucket(
    id: string,
    config: Config,
    options: { logs?: Bucket; ownership?: ObjectOwnership; days?: number },
  ): Bucket {
    return new Bucket(this, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      ...(options.ownership ? { objectOwnership: options.ownership } : {}),
      ...(options.days ? { lifecycleRules: [{ expiration: Duration.days(options.days) }] } : {}),
      ...(options.logs ? { serverAccessLogsBucket: options.logs, serverAccessLogsPrefix: 'page/' } : {}),
      removalPolicy: config.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !config.keepData,
    });
  }

  private apiBehavior({ api, config }: EdgeStackProps) {
    return {
      origin: new HttpOrigin(api.domainName, {
        originPath: `/${api.stage}`,
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        // A long poll lasts 25 s and the API gives up after 29.
        readTimeout: Duration.seconds(30),
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      ...(config.corsOrigins ? { responseHeadersPolicy: this.corsHeaders(config.corsOrigins) } : {}),
      compress: true,
    };
  }

  /** CloudFront takes some headers as settings of its own and refuses them among the custom ones. */
  private pageHeaders(): ResponseHeadersPolicy {
    const {
      'Content-Security-Policy': contentSecurityPolicy = '',
      'X-Content-Type-Options': nosniff,
      'Referrer-Policy': referrer,
      ...custom
    } = SECURITY_HEADERS;
    const referrerPolicy = Object.values(HeadersReferrerPolicy).find((value) => value === referrer);
    if (!contentSecurityPolicy || nosniff !== 'nosniff' || !referrerPolicy) {
      throw new Error(
        'web/security-headers.ts has changed: say in edge-stack.ts how CloudFront sets its headers',
      );
    }
    return new ResponseHeadersPolicy(this, 'PageHeaders', {
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy, override: true },
        contentTypeOptions: { override: true },
        referrerPolicy: { referrerPolicy, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.seconds(STRICT_TRANSPORT_SECURITY.seconds),
          includeSubdomains: STRICT_TRANSPORT_SECURITY.includeSubdomains,
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: Object.entries(custom).map(([header, value]) => ({ header, value, override: true })),
      },
    });
  }

  private corsHeaders(origins: readonly string[]): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, 'CorsHeaders', {
      corsBehavior: {
        accessControlAllowOrigins: [...origins],
        accessControlAllowMethods: ['GET', 'POST', 'OPTIONS'],
        accessControlAllowHeaders: ['Content-Type', 'Idempotency-Key', 'X-Api-Key', 'traceparent'],
        accessControlExposeHeaders: ['Retry-After', 'Location'],
        accessControlAllowCredentials: false,
        originOverride: true,
      },
    });
  }

  private deployPage(bucket: Bucket, folder: string): void {
    const assets = `${IMMUTABLE_PREFIX.slice(1)}*`;
    // Old assets stay: a page that was loaded before this deployment still asks for them.
    const immutable = new BucketDeployment(this, 'Assets', {
      sources: [Source.asset(folder)],
      destinationBucket: bucket,
      exclude: ['*'],
      include: [assets],
      cacheControl: [CacheControl.fromString(cacheControl(`${IMMUTABLE_PREFIX}x`))],
      prune: false,
    });
    const page = new BucketDeployment(this, 'Files', {
      sources: [Source.asset(folder)],
      destinationBucket: bucket,
      exclude: [assets],
      cacheControl: [CacheControl.fromString(cacheControl('/index.html'))],
      prune: false,
      distribution: this.distribution,
      distributionPaths: ['/*'],
    });
    // The page names its assets, so they come first.
    page.node.addDependency(immutable);
  }
}
