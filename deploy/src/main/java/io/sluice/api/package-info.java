/**
 * The custom resources as the Kubernetes API server knows them. These types exist for one purpose:
 * the CRDs in {@code deploy/crds} are generated from them. Sluice itself reads generic resources,
 * since one malformed object would stop a typed informer for good.
 *
 * <p>Components are named as the API's fields are. Descriptions are what {@code kubectl explain}
 * prints.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/">Custom
 *     resource definitions</a>
 */
package io.sluice.api;
