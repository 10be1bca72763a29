using System.Net;
using Prebake.Grammar;

namespace Prebake;

/// <summary>
/// Who may ask, by address: <see cref="Request.Client"/>, so behind trusted proxies the client that they name. Others
/// are answered 403. For <see cref="UseAttribute"/>.
/// </summary>
/// <example><code>
/// partial class Metrics
/// {
///     [Use] readonly AddressList _office = new() { Allow = ["192.0.2.0/24"], Deny = ["192.0.2.66"] };
/// }
/// </code></example>
public sealed class AddressList
{
    private NetworkList? _allow, _deny;

    /// <summary>
    /// Networks such as <c>10.0.0.0/8</c>, or single addresses. If there are any, only clients in them may ask, and one
    /// whose address is not known may not. Default empty: everybody.
    /// </summary>
    /// <exception cref="ArgumentException">One is not a network.</exception>
    public IReadOnlyList<string> Allow
    {
        get;
        init
        {
            field = value;
            _allow = Parse(value, nameof(Allow));
        }
    } = [];

    /// <summary>Networks whose clients may not ask, whatever <see cref="Allow"/> says. Default empty.</summary>
    /// <exception cref="ArgumentException">One is not a network.</exception>
    public IReadOnlyList<string> Deny
    {
        get;
        init
        {
            field = value;
            _deny = Parse(value, nameof(Deny));
        }
    } = [];

    /// <summary>Whether a client may ask.</summary>
    /// <param name="address">Its address; null if it is not known.</param>
    public bool Allows(IPAddress? address) =>
        _deny?.Contains(address) is not true && (_allow is null || _allow.Contains(address));

    /// <summary>Null for a client that may ask, else 403.</summary>
    [Before]
    public HttpException? Check(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Allows(request.Client.Address) ? null : new HttpException(403, "Your address may not ask for this.");
    }

    private static NetworkList? Parse(IReadOnlyList<string> networks, string name)
    {
        ArgumentNullException.ThrowIfNull(networks, name);
        NetworkList list = NetworkList.Parse(networks, $"AddressList.{name}");
        if (list.HasUnix)
            throw new ArgumentException(
                $"\"AddressList.{name}\" has 'unix', which has no address; leave it out.", name);
        return networks.Count == 0 ? null : list;
    }
}
