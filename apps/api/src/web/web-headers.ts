import { helmetHeaders } from '../http/security-headers.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'

/** Abilities of a browser that the app does not use, nor any page it could be made to frame. */
const unused = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
]

/**
 * The headers of every file of the web app but for its caching. `apiOrigin` is given where the API is reached at
 * another origin than the app's own.
 */
export async function webHeaders(place: {
  readonly https: boolean
  readonly apiOrigin?: string
}): Promise<Record<string, string>> {
  return {
    ...(await helmetHeaders({ https: place.https, directives: contentSecurityPolicy(place) })),
    'permissions-policy': unused.map((name) => `${name}=()`).join(', '),
  }
}
