namespace Prebake;

/// <summary>STUB.</summary>
public sealed class Request
{
    private readonly Http.RequestContext? _context;
    internal Request(Http.RequestContext context) => _context = context;
}
