import { z } from 'zod';
import { Secret } from '../../secrets/secret.ts';

const text = z.union([z.string(), z.number().transform(String)]);
/** `okta.client`, or a profile. */
export const yamlClient = z.object({
  orgUrl: text.optional(),
  token: text.transform((token) => new Secret(token)).optional(),
  tokenCommand: text.optional(),
  authorizationMode: text.optional(),
  clientId: text.optional(),
  scopes: z.union([text, z.array(text).transform((scopes) => scopes.join(' '))]).optional(),
  privateKey: z
    .union([z.string(), z.record(z.string(), z.unknown()).transform((jwk) => JSON.stringify(jwk))])
    .transform((key) => new Secret(key))
    .optional(),
  keyId: text.optional(),
});
export type YamlClient = z.infer<typeof yamlClient>;

/** The file of Okta's SDKs; other keys in it are ignored. */
export const yamlFile = z.object({
  okta: z
    .object({
      client: z.unknown().optional(),
      profiles: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});
