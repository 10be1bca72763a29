using Prebake.Http;
using Prebake.Serving;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>What the HTTP/1.1 connections of one loop share: the exchange that the next head is read into.</summary>
internal sealed class Http1Worker : Worker
{
    private readonly Http1Service _service;

    public Http1Worker(Http1Service service, Loop loop) : base(service, loop)
    {
        _service = service;
        Spare = new Http1Exchange(this, new Http1RequestHead());
    }

    public ref readonly Http1Limits Limits => ref _service.Limits;

    /// <summary>
    /// The exchange that the next head is read into. It stays here while only the loop has touched it; a request that
    /// goes elsewhere takes it
    /// along, and then it serves no other.
    /// </summary>
    public Http1Exchange Spare { get; private set; }

    /// <summary>
    /// The spare one is not to be used again. Its successor has room for as many fields, since requests resemble their
    /// predecessors: with room for all that might come, a request that goes elsewhere would take 300 bytes more along.
    /// </summary>
    public void ReplaceSpare()
    {
        var head = new Http1RequestHead { Fields = new FieldLine[Spare.Head.FieldCount] };
        Spare = new Http1Exchange(this, head);
    }
}
