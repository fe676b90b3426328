import { describe, expect, it } from '@jest/globals';
import { PAGE_ROUTES, SECURITY_HEADERS } from '@rce/web/security-headers.ts';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { pageRoutesFunction } from './edge/page-routes.ts';
import { propertiesOf, sharedEngine, testEngine } from './testing.ts';

describe('the edge', () => {
  const { edge } = sharedEngine();
  if (!edge) throw new Error('there is no edge');
  const template = Template.fromStack(edge);

  it('is in us-east-1, where the firewall of CloudFront must be', () => {
    expect(edge.region).toBe('us-east-1');
    template.hasResourceProperties('AWS::WAFv2::WebACL', { Scope: 'CLOUDFRONT' });
  });

  it('keeps the page private but for CloudFront', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
    });
    template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 1);
  });

  it('serves page and API at one address, and caches only the page', () => {
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        DefaultRootObject: 'index.html',
        CacheBehaviors: ['/api/*', '/analysis/*'].map((PathPattern) =>
          Match.objectLike({
            PathPattern,
            ViewerProtocolPolicy: 'redirect-to-https',
            // The managed policy CachingDisabled.
            CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
          }),
        ),
        Origins: Match.arrayWith([Match.objectLike({ OriginPath: '/v1' })]),
      },
    });
  });

  it('answers an address that asks too often with 429', () => {
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([
        Match.objectLike({
          Statement: {
            RateBasedStatement: { Limit: 2000, AggregateKeyType: 'IP', EvaluationWindowSec: 300 },
          },
          Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
        }),
      ]),
    });
  });

  it("sets the page's security headers, all of them, and HSTS", () => {
    const policies = JSON.stringify(propertiesOf(template, 'AWS::CloudFront::ResponseHeadersPolicy'));
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      // A boolean of its own in CloudFront.
      const expected = name === 'X-Content-Type-Options' ? 'ContentTypeOptions' : JSON.stringify(value);
      expect(policies).toContain(expected);
    }
    expect(policies).toContain('StrictTransportSecurity');
  });

  it('takes a domain with its certificate, and then TLS 1.2 alone', () => {
    const own = testEngine({
      'rce:domain': 'code.example.org',
      'rce:certificateArn':
        'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
    }).edge;
    if (!own) throw new Error('there is no edge');
    Template.fromStack(own).hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: ['code.example.org'],
        ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021' },
      },
    });
  });

  describe('function of page routes', () => {
    const rewrite = new Function(
      'uri',
      `${pageRoutesFunction(PAGE_ROUTES)}; return handler({ request: { uri } }).uri;`,
    ) as (uri: string) => string;

    it.each(PAGE_ROUTES.map((route) => route.replace('*', 'x')))(
      "answers %s with the app's page",
      (route) => {
        expect(rewrite(route)).toBe('/index.html');
      },
    );

    it.each(['/assets/app-1a2b3c.js', '/icon.svg', '/nothing'])('leaves %s as it is', (path) => {
      expect(rewrite(path)).toBe(path);
    });
  });
});
