/** Whose threads a request may see (C9): from a verified identity only. Until there are identities, everybody is one tenant. */
export function tenantOf(_request: Request): string {
  return 'default';
}
